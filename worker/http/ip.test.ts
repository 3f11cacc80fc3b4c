import { describe, expect, test } from 'vitest';
import { ipBytes, isPublicIp } from './ip.ts';
import { networkOf } from './network.ts';

const from = (ip?: string) =>
  networkOf(new Request('https://api.example/', { headers: ip === undefined ? {} : { 'cf-connecting-ip': ip } }));

describe('an internet address', () => {
  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '12345::1',
    '1.2.3.4::',
    `${'1:'.repeat(40)}1`,
  ])('%j is none', (text) => {
    expect(ipBytes(text)).toBeUndefined();
  });

  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2001:0::1',
    '2002:7f00:1::',
    '3fff::1',
    '4000::1',
  ])('%s is nobody’s on the internet', (text) => {
    expect(isPublicIp(ipBytes(text)!)).toBe(false);
  });

  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '198.17.0.1',
    '198.20.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
  ])('%s is somebody’s', (text) => {
    expect(isPublicIp(ipBytes(text)!)).toBe(true);
  });
});

describe('the network of a request', () => {
  test('is a /24 or a /56', () => {
    expect(from('8.8.4.1')).toBe(from('8.8.4.254'));
    expect(from('8.8.4.1')).toBe(from('::ffff:8.8.4.9'));
    expect(from('8.8.5.1')).not.toBe(from('8.8.4.1'));
    expect(from('2606:4700:0:11::1')).toBe(from('2606:4700:0:12:ffff::9'));
    expect(from('2606:4700:0:111::1')).not.toBe(from('2606:4700:0:11::1'));
  });

  test('is none on a laptop and behind another worker; addresses that are none share one', () => {
    expect([from(), from('127.0.0.1'), from('::1'), from('192.168.1.5')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(from('nonsense')).toBe(from('8.8.8'));
    expect(from('nonsense')).toBeDefined();
  });
});
