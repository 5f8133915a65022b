package io.millrace.core.http1;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.millrace.core.observe.EngineObserver;

/**
 * Counts what an engine tells.
 */
final class Counts implements EngineObserver {

	private final Map<String, Integer> counts = new ConcurrentHashMap<>();

	private void count(String name) {
		this.counts.merge(name, 1, Integer::sum);
	}

	int of(String name) {
		return this.counts.getOrDefault(name, 0);
	}

	@Override
	public void connectionOpened() {
		count("opened");
	}

	@Override
	public void connectionClosed() {
		count("closed");
	}

	@Override
	public void exchangeStarted() {
		count("started");
	}

	@Override
	public void exchangeEnded(boolean completed) {
		count(completed ? "completed" : "aborted");
	}

	@Override
	public void clientAborted() {
		count("clientAborted");
	}

	@Override
	public void protocolError(String kind) {
		count("error." + kind);
	}

	@Override
	public void refused(String reason) {
		count("refused." + reason);
	}

	@Override
	public void abandoned() {
		count("abandoned");
	}

	@Override
	public void timedOut(String kind) {
		count("timeout." + kind);
	}

	@Override
	public String toString() {
		return this.counts.toString();
	}

}
