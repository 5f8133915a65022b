package io.millrace.boot.autoconfigure;

/**
 * A {@link io.millrace.boot.MillraceRoute @MillraceRoute} contradicts itself or another
 * one: start-up ends here.
 */
class InvalidRouteException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String where;

	private final String reason;

	/**
	 * Create an exception.
	 * @param where the annotation, with what is wrong in it, and where it stands
	 * @param reason why it is wrong, and what to write instead: sentences
	 */
	InvalidRouteException(String where, String reason) {
		super(where + " is not right: " + reason);
		this.where = where;
		this.reason = reason;
	}

	String where() {
		return this.where;
	}

	String reason() {
		return this.reason;
	}

}
