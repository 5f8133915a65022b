package io.millrace.boot.autoconfigure;

import io.millrace.core.http3.Http3Options;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * HTTP/3 as {@code millrace.http3.*} asks for it.
 */
final class ConfiguredHttp3 {

	private ConfiguredHttp3() {
	}

	/**
	 * Make the options.
	 * @param properties the properties
	 * @return the options, {@code null} where it is off
	 */
	static @Nullable Http3Options options(Http3Properties properties) {
		if (!properties.isEnabled()) {
			return null;
		}
		int stream = size("millrace.http3.stream-window", properties.getStreamWindow());
		int connection = size("millrace.http3.connection-window", properties.getConnectionWindow());
		return OptionNames
			.check(() -> new Http3Options(properties.getMaxConcurrentStreams(), properties.getIdleTimeout(), stream,
					connection, properties.isEarlyData(), properties.isAlwaysRetry(), properties.getAdvertise()));
	}

	private static int size(String property, DataSize size) {
		if (size.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException(property, size, "The value has to be less than 2 GB.");
		}
		return (int) size.toBytes();
	}

}
