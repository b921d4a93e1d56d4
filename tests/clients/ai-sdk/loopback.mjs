/**
 * A guard that lets a program reach nothing but loopback: `node --import ../loopback.mjs PROGRAM`.
 *
 * A refused connection fails like one that nobody answers. It is told on stderr too, and the program ends with status 3
 * whatever became of it, because a library that swallows the refusal must still be noticed.
 */
import net from "node:net";

const refused = [];

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const { path, host } = told(given);
  if (path || isLocal(host)) return connect.apply(this, given);
  refused.push(host);
  return this.destroy(new Error(`connect to ${host} refused: tests reach nothing but loopback`));
};

/** What `connect` is told: its options, or a port and a host; from within Node, as one list. */
function told([first, second]) {
  if (Array.isArray(first)) return told(first);
  return typeof first === "object" ? first : { host: typeof second === "string" ? second : undefined };
}

function isLocal(host) {
  return host === undefined || host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

process.on("exit", () => {
  if (refused.length === 0) return;
  console.error(`refused: ${refused.join(", ")}`);
  process.exitCode = 3;
});
