/** The admin API as a client uses it, for tests. */
import { exports } from 'cloudflare:workers';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, of whatever shape; null when there is none. */
  readonly body: ReplyBody;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type ReplyBody = any;

type Headed = Readonly<Record<string, string>>;

export interface AdminApi {
  get(path: string, headers?: Headed): Promise<Reply>;
  post(path: string, body?: unknown, headers?: Headed): Promise<Reply>;
  put(path: string, body: unknown, headers?: Headed): Promise<Reply>;
  delete(path: string, headers?: Headed): Promise<Reply>;
}

/** Calls with this key, or with none. */
export function adminApi(key: string | undefined): AdminApi {
  async function call(method: string, path: string, body: unknown, headers: Headed = {}): Promise<Reply> {
    const response = await exports.default.fetch(
      new Request(`https://api.example${path}`, {
        method,
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) };
  }
  return {
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    delete: (path, headers) => call('DELETE', path, undefined, headers),
  };
}
