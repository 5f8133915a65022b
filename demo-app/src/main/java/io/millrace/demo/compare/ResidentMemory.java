package io.millrace.demo.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * {@code process.resident.memory}: all memory that the process has, heap, buffers,
 * threads and code, which no meter of Micrometer tells. Linux only.
 */
@Component
@Profile("compare")
class ResidentMemory implements MeterBinder {

	private static final Path STATUS = Path.of("/proc/self/status");

	@Override
	public void bindTo(MeterRegistry registry) {
		if (Files.isReadable(STATUS)) {
			Gauge.builder("process.resident.memory", ResidentMemory::bytes)
				.description("Memory of the process that is in RAM")
				.baseUnit(BaseUnits.BYTES)
				.register(registry);
		}
	}

	static double bytes() {
		try (Stream<String> lines = Files.lines(STATUS)) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToDouble((line) -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024)
				.findFirst()
				.orElse(Double.NaN);
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

}
