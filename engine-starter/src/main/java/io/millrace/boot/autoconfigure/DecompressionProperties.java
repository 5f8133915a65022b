package io.millrace.boot.autoconfigure;

import org.springframework.util.unit.DataSize;

/**
 * Whether and how far request bodies are decompressed.
 */
public class DecompressionProperties {

	/**
	 * Whether request bodies with a Content-Encoding are decompressed before the
	 * application sees them. With false they are passed on as they come.
	 */
	private boolean enabled = false;

	/**
	 * How many bytes a body may have when it is decompressed, 1 or more; above, the
	 * client gets 413. millrace.max-request-body-size bounds it too, where that is less.
	 */
	private DataSize maxSize = DataSize.ofMegabytes(10);

	/**
	 * How many times larger a body may become, 1 or more; above, the client gets 413.
	 * Regarded from the 64th KB on.
	 */
	private int maxRatio = 100;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public DataSize getMaxSize() {
		return this.maxSize;
	}

	public void setMaxSize(DataSize maxSize) {
		this.maxSize = maxSize;
	}

	public int getMaxRatio() {
		return this.maxRatio;
	}

	public void setMaxRatio(int maxRatio) {
		this.maxRatio = maxRatio;
	}

}
