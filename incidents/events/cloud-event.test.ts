import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeaderValue, encodeHeaderValue, toHeaders } from './cloud-event.ts';

describe('header values', () => {
  it.each([
    { name: 'plain', value: 'a/b:c-1', header: 'a/b:c-1' },
    { name: 'space, quote and percent', value: 'a "b" 5%', header: 'a%20%22b%22%205%25' },
    { name: 'Chinese', value: '违停', header: '%E8%BF%9D%E5%81%9C' },
    { name: 'beyond the BMP', value: '🔥', header: '%F0%9F%94%A5' },
    { name: 'line breaks cannot make a header', value: 'a\r\nb: c', header: 'a%0D%0Ab:%20c' },
  ])('$name', ({ value, header }) => {
    expect(encodeHeaderValue(value)).toBe(header);
    expect(decodeHeaderValue(header)).toBe(value);
  });

  it('decoding undoes encoding, and what is sent is printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const header = encodeHeaderValue(value);
        expect(header).toMatch(/^[\u0021-\u007e]*$/);
        expect(decodeHeaderValue(header)).toBe(value);
      }),
    );
  });

  it('leaves an invalid escape as it is', () => {
    expect(decodeHeaderValue('100%zz')).toBe('100%zz');
  });
});

it('attributes become lower-case ce- headers', () => {
  const headers = toHeaders({
    id: 'x:1',
    source: '/streetwatch/310115',
    type: 'streetwatch.incident.opened.v1',
    time: '2026-03-01T04:00:00.000Z',
    dataschema: 'urn:x',
    extensions: { sequence: '1' },
  });
  expect(headers).toEqual({
    'ce-specversion': '1.0',
    'ce-id': 'x:1',
    'ce-source': '/streetwatch/310115',
    'ce-type': 'streetwatch.incident.opened.v1',
    'ce-time': '2026-03-01T04:00:00.000Z',
    'ce-datacontenttype': 'application/json',
    'ce-dataschema': 'urn:x',
    'ce-sequence': '1',
  });
});
