package io.millrace.boot.autoconfigure.explain;

import java.util.ArrayList;
import java.util.List;

import org.springframework.util.ClassUtils;

/**
 * Those who give advice, and come with the starter.
 */
final class Advisors {

	private Advisors() {
	}

	/**
	 * All of them.
	 * @return the advisors, what is most often wrong first
	 */
	static List<Advisor> all() {
		List<Advisor> advisors = new ArrayList<>(List.of(new UnusedKeysAdvisor(), new EnvironmentVariableAdvisor(),
				new ModeAdvisor(), new ReactiveBlockingAdvisor()));
		ClassLoader loader = Advisors.class.getClassLoader();
		if (ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", loader)
				&& ClassUtils.isPresent("javax.sql.DataSource", loader)) {
			advisors.add(new DatabasePoolAdvisor());
		}
		advisors.addAll(List.of(new QueueAdvisor(), new TimeoutAdvisor(), new AdmissionAdvisor(),
				new ConnectionAdvisor(), new DescriptorAdvisor(), new BacklogAdvisor(), new CpuAdvisor(),
				new MemoryAdvisor(), new TransportAdvisor(), new NettyAdvisor(), new ProbeAdvisor(),
				new LoggingAdvisor(), new ShutdownAdvisor(), new ProxyAdvisor(), new UploadAdvisor()));
		return List.copyOf(advisors);
	}

}
