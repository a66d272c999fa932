/**
 * By these variables Node, OpenSSL (with it Python's ssl, Ruby, PHP), Go, curl and Python's requests trust the external sites. All but Node's put
 * the file in the place of the system's authorities, which is right where no real site can be reached. Java looks at none of them.
 */
export function trusting(caFile: string): Record<string, string> {
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
  }
}
