package io.millrace.core.worker;

import java.util.concurrent.Executor;

/**
 * An event loop that is a virtual thread itself, and shares its carrier with those that
 * handle the requests of its connections.
 */
public interface CarryingLoop extends Executor {

	/**
	 * What carries the loop and its handlers.
	 * @return the carrier
	 */
	LoopCarrier carrier();

}
