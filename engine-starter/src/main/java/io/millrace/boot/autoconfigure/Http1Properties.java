package io.millrace.boot.autoconfigure;

import org.springframework.util.unit.DataSize;

/**
 * Limits of HTTP/1.1.
 */
public class Http1Properties {

	/**
	 * How large a request line, method, target and version, may be, 64 bytes or more;
	 * above, the client gets 414.
	 */
	private DataSize maxRequestLineSize = DataSize.ofKilobytes(8);

	/**
	 * How many header fields a request may have, 1 or more; above, the client gets 431.
	 * Their size together is server.max-http-request-header-size.
	 */
	private int maxHeaderCount = 100;

	/**
	 * How much of a request body that the application did not read is read away after the
	 * response, so that the connection can be kept; above, the connection is closed. With
	 * 0 it is always closed.
	 */
	private DataSize maxDrainSize = DataSize.ofMegabytes(2);

	public DataSize getMaxRequestLineSize() {
		return this.maxRequestLineSize;
	}

	public void setMaxRequestLineSize(DataSize maxRequestLineSize) {
		this.maxRequestLineSize = maxRequestLineSize;
	}

	public int getMaxHeaderCount() {
		return this.maxHeaderCount;
	}

	public void setMaxHeaderCount(int maxHeaderCount) {
		this.maxHeaderCount = maxHeaderCount;
	}

	public DataSize getMaxDrainSize() {
		return this.maxDrainSize;
	}

	public void setMaxDrainSize(DataSize maxDrainSize) {
		this.maxDrainSize = maxDrainSize;
	}

}
