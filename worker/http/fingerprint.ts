/** Where a request came from, as text to be hashed: tells two clients apart that chose the same request id. Never stored or logged. */

/** Network address and user agent. */
export function fingerprintOf(request: Request): string {
  return `${request.headers.get('cf-connecting-ip') ?? ''}\n${request.headers.get('user-agent') ?? ''}`;
}
