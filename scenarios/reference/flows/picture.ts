/** A blue PNG of 64 × 64 pixels, as text so that flows need no file and no Node. */
const base64 =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAA1BMVEUdm/CcjKw0AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAG0lEQVRYhe3BgQAAAADDoPlT3+AEVQEAAAB0DRBAAAGx1LfoAAAAAElFTkSuQmCC'

export const picture: Uint8Array = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
