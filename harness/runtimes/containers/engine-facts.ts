import { baseImageVariable } from '../../core/index.ts'
import { connectEngine, hasImage } from './engine.ts'
import { assembledTag } from './image/assemble-base.ts'
import { defaultBase } from './image/base-image.ts'

/** One line on the engine: version, API, rootless or not, cgroups. */
export async function engineFacts(): Promise<string> {
  const docker = await connectEngine()
  const [version, info] = await Promise.all([
    docker.version(),
    docker.info() as Promise<{
      readonly SecurityOptions?: readonly string[]
      readonly CgroupVersion?: string
      readonly CgroupDriver?: string
      readonly OperatingSystem?: string
    }>,
  ])
  const isRootless = info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false
  return [
    `${version.Version}, API ${version.ApiVersion}`,
    isRootless ? 'rootless' : 'as root',
    `cgroup v${info.CgroupVersion ?? '1'} (${info.CgroupDriver ?? 'unknown'})`,
    info.OperatingSystem ?? version.Os,
  ].join(', ')
}

/** One line on the base image, without pulling or making anything. Not ok: one that was named is not here, and nothing else stands in for it. */
export async function describeImages(): Promise<{ readonly ok: boolean; readonly detail: string }> {
  const docker = await connectEngine()
  const named = process.env[baseImageVariable]
  const wanted = named ?? defaultBase
  if (await hasImage(docker, wanted)) return { ok: true, detail: `base image ${wanted} is here` }
  const absent = `base image ${wanted} is not here`
  if (named !== undefined) return { ok: false, detail: `${absent}; a run tries to pull it` }
  if (await hasImage(docker, assembledTag())) {
    return { ok: true, detail: `base image ${assembledTag()}, made from this machine's Node` }
  }
  const detail = `${absent}; the first run pulls it, or makes one from this machine's Node`
  return { ok: true, detail }
}
