/** A user without rights; 'node' in the images of Node, and in the base that is made here. */
const imageUser = '1000:1000'
export const dataDir = '/data'
/** URL that the health check of the image asks. */
export const healthVariable = 'AFTERSHOCK_HEALTH_URL'

const healthCheck = [
  'node',
  '-e',
  `fetch(process.env.${healthVariable}).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))`,
]

/** For a program that was bundled to `app/main.mjs` in the context, beside an empty folder `data`. */
export const dockerfileForNode = `ARG BASE_IMAGE
FROM \${BASE_IMAGE}
LABEL dev.aftershock.image="1"
COPY --chown=${imageUser} data ${dataDir}
COPY app /app
WORKDIR /app
USER ${imageUser}
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ${JSON.stringify(healthCheck)}
ENTRYPOINT ["node", "/app/main.mjs"]
`
