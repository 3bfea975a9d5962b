/**
 * Starts an installed EverShop as `evershop start` does, on a socket that was opened for it: the shop writes its own
 * address into every page, so it has to be known before the shop runs, and a port that is only looked for may be
 * somebody else's by then.
 */
import { Server } from "node:net";

const { PORT, SHOP_SOCKET } = process.env;
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, String(port) === PORT ? { fd: Number(SHOP_SOCKET) } : port, ...rest);
};
await import("./node_modules/@evershop/evershop/dist/bin/start/index.js");
