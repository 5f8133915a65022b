package io.millrace.demo;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Names no other test uses, since all share one database.
 */
public final class Unique {

	private static final AtomicInteger counter = new AtomicInteger();

	private Unique() {
	}

	public static String code() {
		return "TEST-" + counter.incrementAndGet();
	}

	public static String email() {
		return "student" + counter.incrementAndGet() + "@example.org";
	}

}
