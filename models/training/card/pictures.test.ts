import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const guides = 'docs/guides/models';
const pictured = readdirSync('models').filter((id) => existsSync(`${guides}/${id}.svg`));

it('guides show the picture that the card has now', () => {
  expect(pictured.length).toBeGreaterThan(0);
  for (const id of pictured) {
    expect(
      readFileSync(`${guides}/${id}.svg`, 'utf8'),
      `copy models/${id}/calibration.svg to ${guides}/${id}.svg`,
    ).toBe(readFileSync(`models/${id}/calibration.svg`, 'utf8'));
  }
});
