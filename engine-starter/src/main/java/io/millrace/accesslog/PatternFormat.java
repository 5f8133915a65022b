package io.millrace.accesslog;

import java.util.List;

import io.millrace.core.observe.ObservedExchange;

/**
 * Lines that are put together of elements.
 */
final class PatternFormat extends LineFormat {

	private final Element[] elements;

	PatternFormat(List<Element> elements) {
		this.elements = elements.toArray(Element[]::new);
	}

	@Override
	void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis) {
		for (Element element : this.elements) {
			element.append(line, exchange, completed, endedMillis);
		}
	}

	/**
	 * What one code stands for, or the text between codes.
	 */
	interface Element {

		/**
		 * Append it.
		 * @param line where to
		 * @param exchange what to write of
		 * @param completed whether the response was handed to the socket, whole
		 * @param endedMillis when it ended
		 */
		void append(Line line, ObservedExchange exchange, boolean completed, long endedMillis);

	}

}
