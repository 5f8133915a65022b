package io.millrace.boot.autoconfigure;

/**
 * Events for the JDK's flight recorder.
 */
public class JfrProperties {

	/**
	 * Whether the flight recorder can be told of requests, waits, refusals, stalls and
	 * connections. A recording has to ask for these events; while none does, they cost
	 * next to nothing.
	 */
	private boolean enabled = true;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

}
