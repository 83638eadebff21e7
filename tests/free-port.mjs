import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

// Returns a port on which nothing listens, outside the range from which the kernel gives ports to programs that ask for
// any: so no other test gets it in between. Not below 11000, where fetch() refuses some ports.
export async function freePort () {
  const [first] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number)
  for (;;) {
    const port = 11000 + Math.floor(Math.random() * (Math.max(first, 12000) - 11000))
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch { /* in use: try another one */ }
  }
}
