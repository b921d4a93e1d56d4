"""A callback of the proxy that writes down what LiteLLM's standard logging payload says of each request's cost."""

import json
import os
from pathlib import Path
from typing import Any

from litellm.integrations.custom_logger import CustomLogger


class SpendLog(CustomLogger):
    """Adds a line of JSON to `spend.jsonl` for each request that succeeded: `call`, `model`, `cost`, `tokens`."""

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        payload = kwargs["standard_logging_object"]
        line = {
            "call": kwargs["litellm_call_id"],
            "model": payload["model_group"],
            "cost": payload["response_cost"],
            "tokens": payload["total_tokens"],
        }
        with (Path(os.environ["E2E_FOLDER"]) / "spend.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


handler = SpendLog()
