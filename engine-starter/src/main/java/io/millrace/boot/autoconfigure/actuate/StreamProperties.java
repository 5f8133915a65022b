package io.millrace.boot.autoconfigure.actuate;

/**
 * The stream of the endpoint {@code millrace}, which the dashboard reads.
 */
public class StreamProperties {

	/**
	 * How many may read the stream at once, each dashboard being one; the next gets 503.
	 * With 0 nobody may.
	 */
	private int maxSubscribers = 8;

	public int getMaxSubscribers() {
		return this.maxSubscribers;
	}

	public void setMaxSubscribers(int maxSubscribers) {
		this.maxSubscribers = maxSubscribers;
	}

}
