/** The names of every refusal and failure; without a package, so that what decides loads none for them. */

/** Every problem type the API answers with, and its HTTP status. `type` in the document is `/problems/<name>`. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 422, title: 'The request does not follow the contract' },
  unsafe_key: { status: 400, title: 'The body contains a key that is never accepted' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  missing_key: { status: 401, title: 'No key was sent' },
  unknown_key: { status: 401, title: 'The key is unknown or revoked' },
  secret_key_required: { status: 403, title: 'This needs a secret key' },
  wrong_origin: { status: 403, title: 'This origin is not one of the site' },
  invalid_identity: { status: 403, title: 'The customer id was not proven' },
  invalid_token: { status: 400, title: 'The token is not one of ours, was altered, or has expired' },
  invalid_events: { status: 422, title: 'None of the events could be taken' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours' },
  invalid_preview: { status: 400, title: 'The preview link is not one of ours or has expired' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This address does not take that method' },
  already_exists: { status: 409, title: 'There is one with this id already' },
  precondition_failed: { status: 412, title: 'It was changed since you read it' },
  precondition_required: { status: 428, title: 'Send If-Match with the ETag you read' },
  invalid_configuration: { status: 422, title: 'The configuration cannot be published' },
  invalid_model: { status: 422, title: 'The model cannot serve' },
  in_service: { status: 409, title: 'It is in service' },
  called_back: { status: 412, title: 'The watch took this version out of service' },
  not_held: { status: 409, title: 'The learning of this campaign is not held' },
  nothing_published: { status: 409, title: 'Nothing has been published yet' },
  rate_limited: { status: 429, title: 'More requests than this network, key or customer may make' },
  unavailable: { status: 503, title: 'A part that is needed does not answer' },
  internal: { status: 500, title: 'Something broke on our side' },
} as const;

export type ProblemName = keyof typeof PROBLEMS;
