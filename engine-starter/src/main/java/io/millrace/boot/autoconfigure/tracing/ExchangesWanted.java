package io.millrace.boot.autoconfigure.tracing;

import io.millrace.core.observe.EngineObserver;

/**
 * Has the engine measure exchanges, of which observations then ask.
 */
class ExchangesWanted implements EngineObserver {

	@Override
	public boolean wantsExchanges() {
		return true;
	}

}
