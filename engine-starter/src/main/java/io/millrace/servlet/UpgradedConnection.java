package io.millrace.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;

/**
 * The connection as the handler of the other protocol sees it.
 */
final class UpgradedConnection implements WebConnection {

	private final ExchangeInputStream input;

	private final UpgradedOutputStream output;

	UpgradedConnection(ExchangeInputStream input, UpgradedOutputStream output) {
		this.input = input;
		this.output = output;
	}

	@Override
	public ServletInputStream getInputStream() {
		return this.input;
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public void close() {
		this.output.end();
	}

}
