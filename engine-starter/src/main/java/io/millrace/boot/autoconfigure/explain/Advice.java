package io.millrace.boot.autoconfigure.explain;

/**
 * A piece of advice.
 *
 * @param id what kind of advice it is, the same for ever
 * @param severity how much it matters
 * @param found what was found, with figures
 * @param why why it matters: what users would see
 * @param remedy what to set, with a value where one can be named
 */
public record Advice(String id, Severity severity, String found, String why, String remedy) {

	/**
	 * How much it matters.
	 */
	public enum Severity {

		/** Something is not as it was meant, or will fail under load. */
		WARNING,

		/** It may be right; whoever knows better need not care. */
		INFO

	}

	/**
	 * Create advice that matters.
	 * @param id what kind it is
	 * @param found what was found
	 * @param why why it matters
	 * @param remedy what to set
	 * @return the advice
	 */
	public static Advice warning(String id, String found, String why, String remedy) {
		return new Advice(id, Severity.WARNING, found, why, remedy);
	}

	/**
	 * Create advice that may matter.
	 * @param id what kind it is
	 * @param found what was found
	 * @param why why it matters
	 * @param remedy what to set
	 * @return the advice
	 */
	public static Advice info(String id, String found, String why, String remedy) {
		return new Advice(id, Severity.INFO, found, why, remedy);
	}

}
