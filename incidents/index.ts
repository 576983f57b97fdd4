/** Rule signals become incidents with evidence, stored, queued and published to NATS JetStream. */

export * from './code-table.ts';
export { decodeHeaderValue, encodeHeaderValue } from './events/cloud-event.ts';
export * from './events/feedback-event.ts';
export * from './events/health-event.ts';
export * from './events/incident-event.ts';
export * from './events/subjects.ts';
export { DEFAULT_EVIDENCE_SETTINGS, type EvidenceSettings } from './evidence/plan.ts';
export { EvidenceSigner, verifySignature } from './evidence/manifest.ts';
export { isId } from './ids.ts';
export * from './incident.ts';
export type { BrokerOptions } from './publish/broker.ts';
export { feedbackConsumer, type FeedbackOptions } from './publish/feedback.ts';
export * from './publish/publisher.ts';
export { DEFAULT_STREAM, ensureStream, type StreamOptions } from './publish/stream.ts';
export { pruneIncidents, type PruneOptions } from './retention.ts';
export { REVIEW_VERBS, type ReviewDecision, type ReviewVerb } from './review.ts';
export * from './service.ts';
export type { Problem } from './store/check-store.ts';
export { IncidentStore, type ActiveFault } from './store/incident-store.ts';
export type { IncidentFilters, IncidentPage, ListRequest } from './store/list.ts';
export type { OutboxMessage } from './store/outbox.ts';
