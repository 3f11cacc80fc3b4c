/** Whether a campaign's features can be read. */
import { type FeatureSpec, featureLength, MAX_FEATURES } from '../features/features.ts';
import { checkPath } from './check-conditions.ts';
import type { AttributeConfiguration, CampaignConfiguration } from './configuration.ts';
import type { KnownIds } from './known-ids.ts';
import type { Report } from './problems.ts';

/** What a feature makes of an attribute: one of another type would count as 0 for everyone. */
const ATTRIBUTE_TYPE: Readonly<Record<FeatureSpec['type'], AttributeConfiguration['type']>> = {
  number: 'number',
  boolean: 'boolean',
  category: 'string',
};

/** Every feature on its own, and all of them together. */
export function checkFeatures({ features }: CampaignConfiguration, at: string, known: KnownIds, report: Report): void {
  if (features === undefined) return;
  const numbers = featureLength(features) - 1;
  if (numbers < 1 || numbers > MAX_FEATURES)
    report(`${at}/features`, `are ${numbers} numbers, one for each value of a category; 1 to ${MAX_FEATURES}`);
  const ids = features.map(({ id }) => id);
  for (const [i, feature] of features.entries()) {
    const place = `${at}/features/${i}`;
    if (ids.indexOf(feature.id) !== i) report(`${place}/id`, `"${feature.id}" is the id of two features`);
    checkPath(feature.attribute, `${place}/attribute`, known, report);
    const declared = known.attributeTypes?.get(feature.attribute);
    if (declared !== undefined && declared !== ATTRIBUTE_TYPE[feature.type])
      report(
        `${place}/type`,
        `"${feature.attribute}" is declared as ${declared}: a ${feature.type} reads nothing of it`,
      );
    checkNumbers(feature, place, report);
  }
}

function checkNumbers(feature: FeatureSpec, place: string, report: Report): void {
  if (feature.type === 'number') {
    if (!Number.isFinite(feature.center)) report(`${place}/center`, 'must be a number');
    if (!(feature.scale > 0 && Number.isFinite(feature.scale))) report(`${place}/scale`, 'must be above 0');
  }
  if (feature.type !== 'category') return;
  if (feature.values.length === 0) report(`${place}/values`, 'needs at least one');
  for (const [i, value] of feature.values.entries())
    if (feature.values.indexOf(value) !== i) report(`${place}/values/${i}`, `"${value}" stands there twice`);
}
