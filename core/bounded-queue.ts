/** The one form of back-pressure: a full queue drops its oldest item and says so. */

/** First in, first out, at most `capacity` items; the oldest is dropped for a new one. */
export class BoundedQueue<T> {
  private readonly items: T[] = [];
  private readonly capacity: number;
  private readonly onDrop: (item: T) => void;

  /**
   * @param capacity at least 1. Raising it bridges longer pauses of the consumer at the cost of older items.
   * @param onDrop called with each dropped item, to count it and to give its memory back.
   */
  constructor(capacity: number, onDrop: (item: T) => void) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('capacity is an integer from 1');
    this.capacity = capacity;
    this.onDrop = onDrop;
  }

  get size(): number {
    return this.items.length;
  }

  push(item: T): void {
    if (this.items.length === this.capacity) this.onDrop(this.items.shift()!);
    this.items.push(item);
  }

  shift(): T | undefined {
    return this.items.shift();
  }

  /** Drops everything, oldest first. */
  clear(): void {
    while (this.items.length > 0) this.onDrop(this.items.shift()!);
  }
}
