/** What the client sees of a turn, and of an error, in the words of the outcome. */

/**
 * Describes a turn by what the SDK gave.
 *
 * `thinking` and `signatures` run in parallel; a signature is null where the SDK has none, as ever on `chat`. Thinking
 * that Claude redacts has no text: it is in `redacted` alone.
 */
export function turnSeen({ content, response, usage, finishReason }) {
  const reasoning = content.filter((part) => part.type === "reasoning");
  const shown = reasoning.filter((part) => redactedData(part) === undefined);
  return {
    thinking: shown.map((part) => part.text),
    signatures: shown.map((part) => part.providerMetadata?.anthropic?.signature ?? null),
    redacted: reasoning.map(redactedData).filter((data) => data !== undefined),
    texts: content.filter((part) => part.type === "text").map((part) => part.text),
    calls: content
      .filter((part) => part.type === "tool-call")
      .map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, input })),
    headers: response.headers ?? {},
    usage,
    finish: finishReason,
  };
}

const redactedData = (part) => part.providerMetadata?.anthropic?.redactedData;

/**
 * Describes what a call raised, or what a stream brought as an error: its HTTP status, and the API's own words.
 *
 * The status is null where nothing answered. Where a stream broke that had begun well, line 6 mostly has none, and line
 * 7 infers one from the kind of the error.
 */
export function errorSeen(error) {
  return { status: error?.statusCode ?? null, message: apiMessage(error) ?? plainMessage(error) };
}

/**
 * What the API said, wherever the SDK keeps it: the body of a response, or the event of a stream that it cannot read.
 *
 * The SDK itself reads the message out of the provider's own form only, and LiteLLM's errors are not always in that.
 */
function apiMessage(error) {
  const body = error?.statusCode >= 400 ? error.responseBody : undefined;
  const said = body ? parsed(body) : error?.value;
  if (typeof said === "string") return said;
  return said?.error?.message ?? said?.message ?? body;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function plainMessage(error) {
  if (typeof error === "string") return error;
  // What the SDK could not read of an answer is told by the cause alone.
  if (error?.statusCode < 400 && error.cause?.message) return `${error.message}: ${error.cause.message}`;
  return typeof error?.message === "string" ? error.message : JSON.stringify(error);
}
