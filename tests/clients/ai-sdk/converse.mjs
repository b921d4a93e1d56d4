/**
 * Plays one conversation the way programs of the AI SDK do: `messages` go to generateText or streamText, and what
 * comes back as `response.messages` is appended to them as it is.
 *
 *   stdin   one job (job.mjs)
 *   stdout  one outcome, {turns, messages, error}, and nothing else (seen.mjs)
 *   status  0 when an outcome was written, whatever the API answered; 2 when it cannot be played, with the reason on
 *           stderr
 *
 * `error` is null, or {status, message, turn} of the assistant turn, counted from one, that ended the conversation.
 *
 * Run it as `node ../converse.mjs` in a folder that `npm ci` has filled: the packages are those of the working
 * directory. Each folder beside this file is one line of the SDK. Line 7 needs a newer Node than line 6, and brings
 * one, so look for `node` in node_modules/.bin first.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { Refusal, read } from "./job.mjs";
import { errorSeen, turnSeen } from "./seen.mjs";

async function main() {
  // Left alone, line 6 tells on stdout how to switch its warnings off.
  globalThis.AI_SDK_LOG_WARNINGS = (warnings) => console.error(JSON.stringify(warnings));
  try {
    const outcome = await play(await read(process.stdin), await line());
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/** The packages of the working directory, where an `import` in this file would look for them beside it. */
async function line() {
  const [ai, anthropic, compatible] = await Promise.all(PACKAGES.map((name) => import(located(name))));
  return { ...ai, ...anthropic, ...compatible };
}

function located(name) {
  try {
    return pathToFileURL(createRequire(join(process.cwd(), "package.json")).resolve(name));
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    throw new Refusal(`The working directory ${process.cwd()} has no package ${name}: run \`npm ci\` in it first.`);
  }
}

const PACKAGES = ["ai", "@ai-sdk/anthropic", "@ai-sdk/openai-compatible"];

async function play(job, sdk) {
  const messages = [...(job.history ?? [])];
  const turns = [];
  const take = taker(job, sdk);
  for (const step of job.turns) {
    if ("user" in step) {
      messages.push({ role: "user", content: step.user });
      continue;
    }
    let result;
    try {
      result = await take(step, messages);
    } catch (error) {
      return { turns, messages, error: { ...errorSeen(error), turn: turns.length + 1 } };
    }
    const seen = turnSeen(result);
    turns.push(seen);
    messages.push(...result.response.messages, ...answers(seen.calls, step.results));
  }
  return { turns, messages, error: null };
}

/** Makes the function that has a model give the next turn; it raises whatever goes wrong with that. */
function taker(job, sdk) {
  const provider = PROVIDERS[job.endpoint](job, sdk);
  const settings = {
    // Line 7 has a new name for it, and takes this one as well.
    system: job.system || undefined,
    maxOutputTokens: job.max_tokens,
    maxRetries: 0,
    providerOptions: job.options,
    tools: declared(job.tools, sdk),
  };
  const call = job.streamed ? streaming(sdk) : sdk.generateText;
  return async ({ model, results }, messages) => {
    const result = await settled(await call({ ...settings, model: provider(model), messages }));
    expectCalls(result.content, results.length);
    return result;
  };
}

const PROVIDERS = {
  messages: ({ url, key, headers }, { createAnthropic }) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: key, headers }),
  chat: ({ url, key, headers }, { createOpenAICompatible }) =>
    createOpenAICompatible({ name: "litellm", baseURL: `${url}/v1`, apiKey: key, headers, includeUsage: true }),
};

/** Tools without `execute`: the SDK hands their calls to the program. */
function declared(tools, { tool, jsonSchema }) {
  const takes = (names) => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
    required: names,
  });
  const declare = ([name, names]) => [name, tool({ inputSchema: jsonSchema(takes(names)) })];
  return Object.fromEntries(Object.entries(tools).map(declare));
}

function streaming({ streamText }) {
  return async (call) => {
    // Errors come as parts of the stream; the default of `onError` prints them besides.
    const result = streamText({ ...call, onError() {} });
    for await (const part of result.fullStream) {
      if (part.type === "error") throw part.error;
    }
    return result;
  };
}

/** What `turnSeen` reads of a result: properties of a whole one, and promises on a streamed one. */
async function settled(result) {
  const [content, response, usage, finishReason] = await Promise.all([
    result.content,
    result.response,
    result.usage,
    result.finishReason,
  ]);
  return { content, response, usage, finishReason };
}

/** Holds a turn to as many calls as the job has results for, all of which the SDK understands. */
function expectCalls(content, wanted) {
  // A call that names no tool of the job, or whose arguments are no JSON: the SDK answers it itself, with this.
  const invalid = content.find((part) => part.type === "tool-error");
  if (invalid) throw invalid.error;
  const calls = content.filter((part) => part.type === "tool-call").length;
  if (calls !== wanted) throw new Error(`the calls of the turn are ${calls}, and the job has results for ${wanted}`);
}

function answers(calls, results) {
  if (calls.length === 0) return [];
  const content = calls.map(({ id, name }, index) => ({
    type: "tool-result",
    toolCallId: id,
    toolName: name,
    output: { type: "text", value: results[index] },
  }));
  return [{ role: "tool", content }];
}

await main();
