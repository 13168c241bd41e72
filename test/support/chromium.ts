// A Chromium for the tests, without a download: CHROMIUM_PATH, else the system's, else the one that ships inside @sparticuz/chromium.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from './files.ts'

export interface Chromium {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

const PACKAGE = '@sparticuz/chromium'

/**
 * The package unpacks to the folder for temporary files, and its own libraries only where it believes to be in a Lambda. So it is asked in a
 * process of its own, with a folder of ours; that folder gets its name only when it is complete, so tests that start together do not meet half of it.
 */
function unpack(home: string): void {
  const parent = inRoot('.cache', 'chromium')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'unpacking-'))
  const program = `import(${JSON.stringify(PACKAGE)}).then((module) => module.default.executablePath())`
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }
  const done = spawnSync(process.execPath, ['-e', program], { cwd: inRoot(), env, encoding: 'utf8' })
  if (done.status !== 0 || !existsSync(join(folder, 'chromium'))) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`${PACKAGE} did not unpack: ${done.error?.message ?? done.stderr}`)
  }
  try {
    renameSync(folder, home)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    if (!existsSync(join(home, 'chromium'))) throw error
  }
}

function packaged(): Chromium | undefined {
  const manifest = inRoot('node_modules', ...PACKAGE.split('/'), 'package.json')
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(manifest)) return undefined
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const home = inRoot('.cache', 'chromium', version)
  if (!existsSync(join(home, 'chromium'))) unpack(home)
  const libraries = [join(home, 'al2023', 'lib'), ...(process.env['LD_LIBRARY_PATH']?.split(':') ?? [])].join(':')
  // The package's own list of font folders names places that exist only where it was made for.
  writeFileSync(
    join(home, 'fonts.conf'),
    `<?xml version="1.0"?><fontconfig><dir>${join(home, 'fonts')}</dir><dir>/usr/share/fonts</dir><cachedir>${join(home, 'font-cache')}</cachedir></fontconfig>`,
  )
  return { path: join(home, 'chromium'), env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(home, 'fonts.conf') } }
}

/** Undefined only where no browser is installed and none is packaged (not 64-bit x86 Linux). */
export function findChromium(): Chromium | undefined {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, which does not exist`)
    return { path: named, env: {} }
  }
  if (existsSync('/usr/bin/chromium')) return { path: '/usr/bin/chromium', env: {} }
  return packaged()
}
