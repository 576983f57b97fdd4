/** Accuracy of a detector on labelled pictures. */

export * from './coco-ap.ts';
export * from './dataset.ts';
export * from './evaluate-detector.ts';
export * from './print-report.ts';
