// A real Bluesky PDS with a directory of identities in memory, both on 127.0.0.1 only and without the internet.
// Run beside a node_modules that has @atproto/pds and @did-plc/lib: node pds-start.mjs PDS_PORT PLC_PORT FOLDER
// Prints MASTHEAD_PDS_* lines for one ready account, then READY. SIGTERM or SIGINT ends it.
import http from 'node:http'
import net from 'node:net'
import fs from 'node:fs'
import path from 'node:path'
import plc from '@did-plc/lib'

const [pdsPort, plcPort] = process.argv.slice(2, 4).map(Number)
const folder = process.argv[4]
const blobs = path.join(folder, 'blobs')
fs.mkdirSync(blobs, { recursive: true })

// PDS.start() takes no host and would listen on every address.
const listenAnywhere = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number'
    ? listenAnywhere.call(this, { port, host: '127.0.0.1' }, ...rest)
    : listenAnywhere.call(this, port, ...rest)
}

// The directory: the official library checks every operation (signature, order, DID).
const histories = new Map()
async function read(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}
async function answer(request) {
  const [, did, what, which] = decodeURIComponent(request.url.split('?')[0]).split('/')
  const history = histories.get(did) ?? []
  if (request.method === 'POST') {
    const operation = await read(request)
    await plc.assureValidNextOp(did, history, operation)
    const { cid } = await plc.getLastOpWithCid([operation])
    histories.set(did, [...history, { did, operation, cid, nullified: false, createdAt: new Date() }])
    return [200, {}]
  }
  const operations = history.map((entry) => entry.operation)
  if (operations.length === 0) return [404, { message: `DID not registered: ${did}` }]
  if (what === 'log') return [200, which === 'last' ? operations.at(-1) : operations]
  const data = plc.opToData(did, operations.at(-1))
  return [200, what === 'data' ? data : plc.formatDidDoc(data)]
}
const directory = http.createServer((request, response) =>
  answer(request)
    .catch((error) => [400, { message: String(error) }])
    .then(([status, body]) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    ),
)
directory.listen(plcPort)

process.env.LOG_ENABLED ??= 'false'
const { PDS, envToCfg, envToSecrets } = await import('@atproto/pds')
const jwtSecret = 'known-to-everybody-for-tests-only'
const env = {
  devMode: true, // plain http and `localhost`
  port: pdsPort,
  hostname: 'localhost',
  dataDirectory: folder,
  blobstoreDiskLocation: blobs,
  didPlcUrl: `http://127.0.0.1:${plcPort}`,
  plcRotationKeyK256PrivateKeyHex: '01'.repeat(32), // known to everybody: for tests only
  jwtSecret,
  adminPassword: 'known-to-everybody-for-tests-only',
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  rateLimitsEnabled: false,
}
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, async () => {
    await pds.destroy()
    directory.closeAllConnections()
    directory.close()
    process.exit(0)
  })

const base = `http://127.0.0.1:${pdsPort}`
async function call(method, body, token) {
  const response = await fetch(`${base}/xrpc/com.atproto.server.${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`)
  return response.json()
}
const handle = 'masthead.test'
const account = await call('createAccount', { handle, email: 'masthead@example.test', password: 'main-password' })
const appPassword = await call('createAppPassword', { name: 'masthead' }, account.accessJwt)
console.log(`MASTHEAD_PDS_URL=${base}
MASTHEAD_PDS_HANDLE=${handle}
MASTHEAD_PDS_DID=${account.did}
MASTHEAD_PDS_PASSWORD=${appPassword.password}
MASTHEAD_PDS_JWT_SECRET=${jwtSecret}
READY`)
