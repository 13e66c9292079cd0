"""What can be made to go wrong."""

from dataclasses import dataclass, field


@dataclass
class HttpFaults:
    """What can be made to go wrong on every node of a cluster; 0 and False are off."""

    axl_status: int = 0  # answered to every AXL request
    axl_status_count: int = -1  # for so many requests; -1: until switched off
    axl_delay_seconds: float = 0.0  # before every answer
    axl_out_of_memory_count: int = 0  # so many requests get the fault "Maximum AXL Memory Allocation Consumed"
    axl_lost_answers: int = 0  # so many requests are carried out, and the connection breaks before the answer
    axl_shuffles: bool = False  # fields out of the schema's order, as some releases answer
    control_status: int = 0  # answered to every request for service control
    control_lost_restarts: int = 0  # so many restarts are carried out, and the connection breaks before the answer
    control_ignores: bool = False  # a restart is accepted and not done
    realtime_status: int = 0  # answered to every request to RIS and PerfMon
    garbles_realtime: bool = False  # their answers break off
    perfmon_cstatus: str = "1"  # of every counter: 0 and 1 are good
    silent_nodes: set[str] = field(default_factory=set)  # whose RIS and PerfMon take requests and never answer
    rest_status: int = 0
    drops_connections: bool = False  # every connection breaks before anything is done
    garbles_certificates: bool = False  # what the certificate API gives as the nodes' own PEM is none
