/**
 * A job: one conversation to play, as JSON. Further fields are for other clients.
 *
 *   endpoint    "messages" (@ai-sdk/anthropic) or "chat" (@ai-sdk/openai-compatible)
 *   url, key    of the proxy, without /v1
 *   streamed    true or false
 *   system      a system prompt; empty or null without one
 *   max_tokens  `maxOutputTokens`; @ai-sdk/anthropic adds the budget for thinking to it
 *   tools       name of each -> names of its arguments, which are strings
 *   turns       in order {"user": text} or {"model": name, "results": [text, ...]}: the results answer the calls of
 *               that turn, in their order
 *   options     `providerOptions`; may be absent
 *   headers     of every request; may be absent
 *   history     messages of the AI SDK (ModelMessage) that stand before the first turn; may be absent
 */
import { text } from "node:stream/consumers";

/** A mistake of the caller; the message is the sentence for it. */
export class Refusal extends Error {}

/** Reads a job from a stream. Raises Refusal. */
export async function read(stream) {
  const job = parsed(await text(stream));
  if (!isObject(job)) throw unreadable("it is not a JSON object");
  for (const [name, { holds, wanted }] of Object.entries(FIELDS)) {
    if (!holds(job[name])) throw unreadable(`"${name}" has to be ${wanted}`);
  }
  return job;
}

function parsed(source) {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw unreadable(`it is not JSON (${error.message.replaceAll("\n", " ")})`);
  }
}

function unreadable(reason) {
  return new Refusal(`The job on stdin cannot be read: ${reason}. What a job is stands in job.mjs.`);
}

const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (value) => Array.isArray(value) && value.every(isText);
const isTurn = (value) =>
  isObject(value) && ("user" in value ? isText(value.user) : isText(value.model) && areTexts(value.results));
const orAbsent = (holds) => (value) => value === undefined || holds(value);

const FIELDS = {
  endpoint: { holds: (value) => value === "messages" || value === "chat", wanted: '"messages" or "chat"' },
  url: { holds: isText, wanted: "a string" },
  key: { holds: isText, wanted: "a string" },
  streamed: { holds: (value) => typeof value === "boolean", wanted: "true or false" },
  system: { holds: (value) => value === null || isText(value), wanted: "a string or null" },
  max_tokens: { holds: Number.isInteger, wanted: "a whole number" },
  tools: {
    holds: (value) => isObject(value) && Object.values(value).every(areTexts),
    wanted: "an object of lists of strings",
  },
  turns: {
    holds: (value) => Array.isArray(value) && value.every(isTurn),
    wanted: 'a list of {"user": text} and {"model": name, "results": [text, ...]}',
  },
  options: { holds: orAbsent(isObject), wanted: "an object, or absent" },
  headers: { holds: orAbsent(isObject), wanted: "an object, or absent" },
  history: { holds: orAbsent(Array.isArray), wanted: "a list, or absent" },
};
