"""The Python SDK of OpenAI, on `/v1/chat/completions`.

It keeps the fields that LiteLLM adds to a message, `thinking_blocks` among them, and a client that sends back the
message as a whole sends them back too.
"""

from __future__ import annotations

from typing import Any

import openai

from tests.clients.client import Client, Talk, schema
from tests.clients.job import Item, Job, Outcome
from tests.round_trip import accumulate
from tests.round_trip.seen import Seen, of_completion


class OpenAISDK(Client):
    name = "openai"
    endpoint = "chat"

    def converse(self, job: Job) -> Outcome:
        with openai.OpenAI(base_url=f"{job.url}/v1", api_key=job.key, max_retries=0) as client:
            return _Talk(job, client).run()

    def history(self, question: str, thinking: str, signature: str, answer: str) -> list[Item]:
        block = {"type": "thinking", "thinking": thinking, "signature": signature}
        message = {"role": "assistant", "content": answer, "reasoning_content": thinking, "thinking_blocks": [block]}
        return [{"role": "user", "content": question}, message]


class _Talk(Talk):
    errors = openai.APIError

    def __init__(self, job: Job, client: openai.OpenAI) -> None:
        super().__init__(job)
        self._client = client
        if job.system:
            self.history.insert(0, {"role": "system", "content": job.system})

    def ask(self, model: str) -> Seen:
        message = self._streamed(model) if self.job.streamed else self._whole(model)
        self.history.append(message)
        return of_completion(message)

    def _whole(self, model: str) -> Item:
        answer = self._client.chat.completions.with_raw_response.create(**self._request(model))
        self.outcome.headers.append(dict(answer.headers))
        message: Item = answer.parse().choices[0].message.to_dict(mode="json")
        return message

    def _streamed(self, model: str) -> Item:
        answer = self._client.chat.completions.with_raw_response.create(**self._request(model), stream=True)
        self.outcome.headers.append(dict(answer.headers))
        joined = accumulate.chat([chunk.to_dict(mode="json") for chunk in answer.parse()])
        message: Item = joined["choices"][0]["message"]
        return message

    def _request(self, model: str) -> dict[str, Any]:
        functions = [
            {"name": name, "description": name, "parameters": schema(arguments)}
            for name, arguments in self.job.tools.items()
        ]
        request: Item = {"model": model, "messages": self.history}
        request |= {"tools": [{"type": "function", "function": one} for one in functions]} if functions else {}
        request |= {"reasoning_effort": "low"} if self.job.effort else {}
        return request

    def answer_tools(self, seen: Seen, results: list[str]) -> None:
        for (ident, _, _), result in zip(seen.calls, results, strict=False):
            self.history.append({"role": "tool", "tool_call_id": ident, "content": result})
