package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.List;

import io.millrace.boot.autoconfigure.MillraceProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class SettingValuesTests {

	@ParameterizedTest
	@CsvSource({ "PT0S,0s", "PT0.1S,100ms", "PT20S,20s", "PT60S,60s", "PT120S,2m", "PT30M,30m", "PT1H,60m", "PT48H,2d",
			"PT1.5S,1500ms", "PT0.0000005S,500ns" })
	void aDurationIsWrittenAsOneWritesIt(Duration duration, String expected) {
		assertThat(SettingValues.of(duration)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "0,0B", "240,240B", "8192,8KB", "2097152,2MB", "1073741824,1GB", "1000,1000B" })
	void aSizeIsWrittenAsOneWritesIt(long size, String expected) {
		assertThat(SettingValues.of(DataSize.ofBytes(size))).isEqualTo(expected);
	}

	@Test
	void otherValuesAreSimple() {
		assertThat(SettingValues.of(5)).isEqualTo(5);
		assertThat(SettingValues.of(true)).isEqualTo(true);
		assertThat(SettingValues.of(MillraceProperties.Engine.REACTOR_NETTY)).isEqualTo("reactor-netty");
		assertThat(SettingValues.of(MillraceProperties.Transport.IO_URING)).isEqualTo("io_uring");
		assertThat(SettingValues.of(List.of("a", "b"))).isEqualTo("a, b");
		assertThat(SettingValues.of(null)).isNull();
	}

}
