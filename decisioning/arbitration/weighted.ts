/** The preset `weighted`: expected objectives at the marketer's weights. */
import type { PresetCandidate, PresetValue } from './preset.ts';

/** Revenue enters in major units, so that a weight means the same whatever the evidence is counted in. */
const MINOR_PER_MAJOR = 100;

/**
 * conversionWeight · rate + revenueWeight · revenue + priority: expected conversions per trial, expected revenue per trial in hundreds
 * of minor units. In the unit of the weights. Where the campaign reads the customer's own worth of a conversion, the first term is multiplied by it.
 */
export function weighted({ campaign, expected, worth = 1 }: PresetCandidate): PresetValue {
  const conversion = campaign.conversionWeight * expected.rate * worth;
  const revenue = (campaign.revenueWeight * expected.revenueMinor) / MINOR_PER_MAJOR;
  const { priority } = campaign;
  return { terms: { conversion, revenue, priority }, total: conversion + revenue + priority };
}
