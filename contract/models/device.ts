/** `GET /v1/models/{id}/device` and `GET /v1/models/{id}/files/{sha256}`: models that pages score with. */
import * as z from 'zod';
import { slug } from '../primitives.ts';

/** A GET has no body for its key, and a header would cost a preflight: publishable keys may stand in the address. */
export const publishableKey = z
  .string()
  .regex(/^pk_[A-Za-z0-9]{32,120}$/)
  .optional()
  .meta({ description: 'Publishable key, where no Authorization header carries one' });

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Of the addresses below. */
export const deviceModelParams = z.strictObject({ id: slug });
export const deviceFileParams = z.strictObject({ id: slug, sha256 });
export const deviceModelQuery = z.strictObject({ key: publishableKey });

const deviceVersion = z.strictObject({
  version: z.int(),
  stage: z.enum(['canary', 'live']),
  share: z.number().optional().meta({ description: 'Of a canary: the share of anonymous ids that it serves' }),
  manifest: z.string().meta({ description: 'SHA-256 of the manifest as it was registered: the name of the version' }),
  device: z
    .record(z.string(), z.unknown())
    .meta({ description: 'The `ModelManifest` without background, drivers, reference, baseline, labels and units' }),
  file: z.string().meta({ description: "Address of the ONNX file, from the API's origin" }),
});

export const deviceModel = z
  .strictObject({
    id: slug,
    versions: z.array(deviceVersion).meta({
      description: "Those that serve customers and whose manifest has `onDevice`; the page's own draw says which",
    }),
  })
  .meta({ id: 'DeviceModel' });
