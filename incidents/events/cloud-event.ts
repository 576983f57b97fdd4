/** CloudEvents 1.0 in binary mode on NATS: attributes as `ce-` headers, data as payload. */

/** Attributes of one event; extension names are lower-case letters and digits. */
export interface CloudEventAttributes {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly dataschema: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/**
 * Header names and values of an event. Values are percent-encoded as the NATS binding asks (space, `"`, `%` and
 * everything outside U+0021–U+007E as UTF-8, upper-case hex). Names are lower-case because NATS itself compares
 * header names with case (ADR-4), whatever the binding says.
 */
export function toHeaders(event: CloudEventAttributes): Record<string, string> {
  const attributes: Record<string, string> = {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    ...(event.subject === undefined ? {} : { subject: event.subject }),
    time: event.time,
    datacontenttype: 'application/json',
    dataschema: event.dataschema,
    ...event.extensions,
  };
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeHeaderValue(value)]),
  );
}

/** Percent-encodes what a header value may not hold. */
export function encodeHeaderValue(value: string): string {
  let out = '';
  for (const byte of Buffer.from(value, 'utf8')) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25;
    out += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Undoes {@link encodeHeaderValue}; invalid escapes are left as they are. */
export function decodeHeaderValue(value: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < value.length; i++) {
    const hex = /^%[0-9A-Fa-f]{2}/.exec(value.slice(i, i + 3));
    if (hex === null) {
      bytes.push(...Buffer.from(value.charAt(i), 'utf8'));
    } else {
      bytes.push(Number.parseInt(value.slice(i + 1, i + 3), 16));
      i += 2;
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
