package io.millrace.boot.autoconfigure.explain;

import java.util.function.Consumer;

/**
 * Gives advice about one thing. Beans of this type are asked besides those that come with
 * the starter.
 */
@FunctionalInterface
public interface Advisor {

	/**
	 * Give advice, if there is any to give. Called by any thread, whenever somebody asks.
	 * @param situation what to give it about
	 * @param advice takes each piece
	 */
	void advise(Situation situation, Consumer<Advice> advice);

}
