export const body = `<!doctype html><title>A page</title>${'<p>Some words.</p>'.repeat(54)}`.padEnd(
  1024,
)
