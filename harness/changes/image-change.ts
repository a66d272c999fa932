import type { BuildSpec, Change } from '../core/index.ts'
import { containerChange, type ContainerChangeOptions } from './container-change.ts'

/** Another image or tag, as when a release goes out: the containers of the service are made anew from it. */
export function imageChange(
  name: string,
  options: ContainerChangeOptions & { readonly image: string | BuildSpec },
): Change {
  const { image, service } = options
  const shown = typeof image === 'string' ? image : `an image built from ${image.context}`
  const validate = () => (image === '' ? ['image is empty'] : [])
  const summary = `run ${service} from ${shown}`
  return containerChange(name, options, summary, validate, async (container, signal) => {
    const before = container.settings.image
    if (image !== before) await container.recreate({ image }, signal)
    const after = container.settings.image
    return {
      explain: after === before ? [] : [`image: ${before} -> ${after}`],
      async undo(undoSignal) {
        if (container.settings.image === before) return
        await container.recreate({ image: before }, undoSignal)
      },
    }
  })
}
