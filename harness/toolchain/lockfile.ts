/** What of package-lock.json is read here. */
export interface Lockfile {
  packages: Record<string, LockedPackage>
}

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean | undefined
  readonly license?: string | undefined
  readonly engines?: Readonly<Record<string, string>> | undefined
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: readonly string[] | undefined
  readonly cpu?: readonly string[] | undefined
  readonly libc?: readonly string[] | undefined
  readonly optional?: boolean
}

interface MissingPackage {
  readonly name: string
  readonly version: string
  readonly dependent: LockedPackage
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'sunos', 'win32']
const libraries: Readonly<Record<string, string>> = { gnu: 'glibc', musl: 'musl' }

/** Optional dependencies without an entry. npm 11 leaves those out that its registry did not have, and `npm ci` then refuses the file. */
export function missingPackages({ packages }: Lockfile): MissingPackage[] {
  return Object.entries(packages).flatMap(([place, dependent]) =>
    Object.entries(dependent.optionalDependencies ?? {})
      .filter(([name]) => !(`node_modules/${name}` in packages))
      .filter(([name]) => !(`${place}/node_modules/${name}` in packages))
      .map(([name, version]) => ({ name, version, dependent })),
  )
}

/**
 * The lockfile with entries for builds for other platforms that the registry did not have when it was made. They have no integrity
 * hash: npm takes them at exactly this version, on their own platform only. Throws on a package whose name does not say its platform.
 */
export function completed(lockfile: Lockfile): Lockfile {
  const added = missingPackages(lockfile).map(({ name, version, dependent }) => {
    const { os, cpu, libc } = platformOf(name)
    const { dev, license, engines } = dependent
    // In npm's order, which it keeps when it writes the file again.
    const entry = { version, cpu, dev, libc, license, optional: true, os, engines }
    return [`node_modules/${name}`, entry] satisfies [string, LockedPackage]
  })
  const packages: [string, LockedPackage][] = [...Object.entries(lockfile.packages), ...added]
  packages.sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lockfile, packages: Object.fromEntries(packages) }
}

/** `@oxlint/binding-linux-x64-gnu` is for { os: ['linux'], cpu: ['x64'], libc: ['glibc'] }. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const parts = name.split(/[/-]/)
  const at = parts.findIndex((part) => systems.includes(part))
  const [os, cpu, abi = ''] = parts.slice(at)
  if (at < 0 || os === undefined || cpu === undefined) {
    throw new Error(`${name} is missing in package-lock.json, and is no build for another platform`)
  }
  const libc = os === 'linux' ? libraries[abi] : undefined
  return { os: [os], cpu: [cpu], libc: libc === undefined ? undefined : [libc] }
}
