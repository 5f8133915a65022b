package io.millrace.boot.autoconfigure;

import java.util.List;

/**
 * Tells which methods of controllers Spring maps requests to: one for MVC, and one for
 * WebFlux.
 */
@FunctionalInterface
public interface MappedHandlers {

	/**
	 * Ask all handler mappings, which are created by that where they are not there yet.
	 * @return the methods
	 */
	List<MappedHandler> find();

}
