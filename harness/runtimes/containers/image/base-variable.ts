/** Environment variable that names the image which all others are built on. */
export const baseVariable = 'AFTERSHOCK_BASE_IMAGE'
