package io.millrace.demo.compare;

import org.springframework.util.Assert;

/**
 * What is asked of each copy.
 *
 * @param rate requests a second; 0: none, {@link #MAX_RATE}: as many as are answered
 * @param connections how many connections share the rate
 * @param path what is asked for
 */
record LoadOptions(int rate, int connections, String path) {

	static final int MAX_RATE = Integer.MAX_VALUE;

	LoadOptions {
		Assert.isTrue(rate >= 0, "--rate must not be negative");
		Assert.isTrue(connections > 0 && connections <= 1000, "--connections must be between 1 and 1000");
		Assert.isTrue(path.matches("/[!-~]*"), "--path must begin with / and have no spaces");
	}

	/**
	 * The time between two requests of one connection.
	 * @return nanoseconds; 0: none
	 */
	long interval() {
		return (this.rate == MAX_RATE) ? 0 : this.connections * 1_000_000_000L / this.rate;
	}

}
