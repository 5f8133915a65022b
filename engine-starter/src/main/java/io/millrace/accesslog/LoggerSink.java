package io.millrace.accesslog;

import java.nio.charset.StandardCharsets;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logger, so that the logging system does with each line what it is configured to. At
 * level INFO.
 */
public final class LoggerSink implements LineSink {

	private final Logger logger;

	/**
	 * Create a sink.
	 * @param name the name of the logger
	 */
	public LoggerSink(String name) {
		this.logger = LoggerFactory.getLogger(name);
	}

	@Override
	public void write(byte[] lines, int length) {
		if (!this.logger.isInfoEnabled()) {
			return;
		}
		int start = 0;
		for (int i = 0; i < length; i++) {
			if (lines[i] == '\n') {
				this.logger.info(new String(lines, start, i - start, StandardCharsets.UTF_8));
				start = i + 1;
			}
		}
	}

}
