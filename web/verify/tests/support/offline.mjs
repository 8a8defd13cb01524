// No connection can be opened from here on.
import dgram from "node:dgram";
import net from "node:net";

const refuse = () => {
  throw new Error("the network is off");
};
net.Socket.prototype.connect = refuse;
dgram.createSocket = refuse;
globalThis.fetch = refuse;
