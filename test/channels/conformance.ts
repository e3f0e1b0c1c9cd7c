// The conformance kit, for the channels' own tests.
export * from '../conformance/index.ts';
