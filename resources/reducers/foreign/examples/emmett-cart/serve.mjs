// Lets esviewer fold events with a module's evolve and initialState: node serve.mjs cart.mjs
// Copy it beside your own code. It needs no packages; the protocol is in PROTOCOL.md.
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

// stdout belongs to the protocol: what the code prints goes to stderr.
console.log = console.info = console.debug = console.error

const [file, evolveName = 'evolve', initialName = 'initialState'] = process.argv.slice(2)
const module = await import(pathToFileURL(resolve(file)))
const evolve = module[evolveName]
const initial = module[initialName]
if (typeof evolve !== 'function' || initial === undefined)
  throw new Error(`${file} must export ${evolveName} and ${initialName}`)

// Integers beyond 2^53 become a BigInt and come out as they went in; all other numbers are JavaScript's doubles.
const MARK = '\u0000bigint:'
const LARGE = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g
const marked = (text) => (text[0] === '"' || Number.isSafeInteger(Number(text)) ? text : JSON.stringify(MARK + text))
const revive = (_, value) =>
  typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value
const read = (line) => (/\d{16}/.test(line) ? JSON.parse(line.replace(LARGE, marked), revive) : JSON.parse(line))
const write = (value) =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? MARK + inner : inner))
    .replace(/"\\u0000bigint:(-?\d+)"/g, '$1')

let state
const answer = async ({ op, ...message }) => {
  if (op === 'hello') return write({ protocol: 1 })
  if (op === 'start') {
    state = 'state' in message ? message.state : typeof initial === 'function' ? await initial() : initial
    return write({ state: state ?? null })
  }
  const { version } = message
  try {
    // A copy, and kept only once it is written, so that an event that fails half-way alters nothing.
    const next = await evolve(structuredClone(state), message)
    const text = write({ version, state: next ?? null })
    state = next
    return text
  } catch (error) {
    return write({ version, error: String(error) })
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const message = read(line)
  if (message.op === 'end') break
  if (!process.stdout.write((await answer(message)) + '\n')) await once(process.stdout, 'drain')
}
process.exit(0)
