/** Chinese names and help texts of rule parameters and camera settings; the English ones are the schema's own. */

/** `<kind>.<parameter>` to name and help. What is missing here is shown as the schema writes it. */
export const PARAM_ZH: Readonly<Record<string, readonly [name: string, help: string]>> = {
  'illegal_parking.dwellS': [
    '停留时长',
    '停多久算违停：strict（30 秒）、standard（180 秒）、tolerant（300 秒）或秒数。调大可多停一会儿，调小会报短时停车。',
  ],
  'illegal_parking.warnShare': [
    '预警比例',
    '停留到阈值的这一比例时开始预警取证。调大更晚预警，1 为关闭；调小会对更多按时驶离的车预警。',
  ],
  'illegal_parking.classes': [
    '目标类别',
    '哪些类别计入。bicycle 和 motorcycle 生成非机动车事件，其余为机动车事件。',
  ],
  'illegal_parking.graceS': [
    '离开判定时间',
    '位置持续空着多少秒（且至少四帧）才算驶离。调大可跨过检测失败，但消除更晚；调小消除更快，但可能把一次停留拆成两次，低于 10 秒时镜头被遮挡可能误消除。',
  ],
  'illegal_parking.coveredGraceS': [
    '遮挡容忍时间',
    '位置被其他物体挡住、或车辆仅为疑似，持续多少秒后才算驶离。调大可保留公交车后面的车，调小更快忘记。',
  ],
  'illegal_parking.stillDrift': [
    '静止容差',
    '2.5 秒内移动不超过车身的这一比例仍算静止。调大会把缓行当作停车，调小时检测抖动会重置计时。',
  ],
  'illegal_parking.minScore': [
    '最低得分',
    '约 3 秒内检测得分须达到此值才上报；介于此值与模型阈值之间的检测只说明车辆仍在原处或属于队列。调大会漏掉远处车辆，调小会误信相似物体。',
  ],
  'illegal_parking.zoneTest': [
    '入区判定',
    '以目标框底边中点（触地处）判定，或以框的重叠比例 minOverlap 判定（适合侧视区域）。',
  ],
  'illegal_parking.minOverlap': [
    '最小重叠',
    '入区判定为 overlap 时，框至少这一比例在区域内。调大会放过边缘车辆，调小则计入。',
  ],
  'illegal_parking.queueVehicles': [
    '排队车数',
    '从几辆车依次停下起视为排队或拥堵，均不上报。调大会上报短队列，0 为关闭。',
  ],
  'illegal_parking.queueHoldS': [
    '排队保持时间',
    '毫无移动的队列在超过停留时限后多少秒内仍算队列。调大可等过更长的拥堵，调小会更快上报并排停放的车。',
  ],
  'illegal_parking.maxIncidentsPerPlace': [
    '单点上限',
    '同一位置 24 小时内最多上报几起。调大不限制繁忙点位，调小可压制反复误报的位置。',
  ],
  'littering.labels': [
    '目标类别',
    'garbage 地面垃圾，overflow 垃圾桶满溢，object 任何遗留物（需静态前景检测）；object 能发现未知物体，但误报更多。',
  ],
  'littering.exposedAfterS': ['暴露判定时间', '垃圾滞留多少秒成为事件。调大给人时间带走，调小更快报警。'],
  'littering.overflowAfterS': ['满溢判定时间', '垃圾桶满溢多少秒成为事件。调大给正常清运留时间。'],
  'littering.acts': [
    '识别乱扔行为',
    '是否把刚有人或车经过处新出现的垃圾归为乱扔行为；关闭后只按暴露垃圾处理。',
  ],
  'littering.actAfterS': ['行为确认时间', '行为人离开后须滞留多少秒；其间捡起则不算。调大可容忍遗忘的包。'],
  'littering.actWindowS': [
    '行为回看时间',
    '出现前多少秒内须有人在旁。调大归因更多也更易错，调小会漏掉被身体挡住的行为。',
  ],
  'littering.actReach': [
    '行为距离',
    '距行为人多近，以人或车的高度计。调大会计入抛掷和更多路人，0 为须接触。',
  ],
  'littering.actMinShare': ['行为检出比例', '出现之后须在这一比例的帧中检出才算行为。调大归因更少但更准。'],
  'littering.minShare': [
    '暴露检出比例',
    '无遮挡帧中须检出的比例。调大会漏掉不确定的堆，调小会相信零星检出。',
  ],
  'littering.minScore': ['最低得分', '计入的最低得分，更弱的只用来维持已知垃圾堆。调大误报更少，但漏小袋。'],
  'littering.heapGap': ['合并间距', '间距小于自身尺寸的这一比例的垃圾合为一堆、一起事件；0 为只合并重叠的。'],
  'littering.minAreaNorm': ['最小面积', '占画面的最小比例。调大可忽略纸杯和落叶。'],
  'littering.clearAfterS': [
    '清理判定时间',
    '位置持续空着多少秒才算已清理；有人遮挡的时间不计。调大可跨过漏检，调小消除更快。',
  ],
  'littering.growthFactor': ['增长倍数', '面积增长到多少倍时更新事件。调小更新更频繁。'],
  'littering.largeAreaNorm': ['大面积阈值', '占画面多大比例时由三级升为二级。调小会有更多紧急事件。'],
  'littering.maxIncidents': ['同时上限', '区域内同时未清理的最多堆数，其余等待。'],
  'fire_smoke.labels': ['目标类别', '识别火焰和烟雾。去掉 smoke 可避免水汽和扬尘，但会漏掉被烟遮住的火。'],
  'fire_smoke.confirmS': ['确认时间', '证据须跨越多少秒。调大可排除反光和车灯，调小报警更快。'],
  'fire_smoke.windowS': [
    '回看时间',
    '回看多少秒（不少于 minFrames 的两倍帧）。调大可发现时隐时现的火，调小忘得更快。',
  ],
  'fire_smoke.minFrames': [
    '最少帧数',
    '无论帧率，至少须在几帧中看到。调大会延迟只解关键帧的摄像机，调小会相信单帧。',
  ],
  'fire_smoke.minShare': [
    '检出比例',
    '首次出现后须在这一比例的帧中于同一位置检出。调大会漏掉闪烁的火焰，调小会相信零星检出。',
  ],
  'fire_smoke.minScore': ['火焰最低得分', '火焰计入证据的最低得分，最有效的旋钮：调大误报更少，但漏弱火。'],
  'fire_smoke.minSmokeScore': [
    '烟雾最低得分',
    '烟雾的最低得分（水汽、雾、湿沥青都像烟）。调大误报更少，调小可更早发现淡烟。',
  ],
  'fire_smoke.weakScore': [
    '弱火焰得分',
    '火焰持续出现时，即使每帧较弱（也低于模型阈值）也可信的得分。调大信得更少，1 为从不。',
  ],
  'fire_smoke.weakSmokeScore': ['弱烟雾得分', '烟雾的同一得分。调大可少信只是像烟的东西，调小可发现淡烟。'],
  'fire_smoke.weakConfirmS': [
    '弱证据时间',
    '最弱的证据须在五分之三的帧中、在同一处持续多少秒；越强所需时间越短，直至 confirmS。调大则对弱火等得更久。',
  ],
  'fire_smoke.weakMaxAreaNorm': [
    '弱证据最大面积',
    '弱证据或静止证据最多占画面多大：铺满画面而弱或不动的多为雾、眩光或湿路面。',
  ],
  'fire_smoke.minMeanScore': [
    '最低平均得分',
    '证据的最低平均得分。调大需要更清楚的画面，调小可让弱证据累加。',
  ],
  'fire_smoke.minMotion': [
    '最小闪动',
    '轮廓须闪动或扩大的程度（占尺寸的比例）。调大可排除海报、灯和晚霞，0 为关闭。',
  ],
  'fire_smoke.maxTravel': [
    '最大移动',
    '窗口内最多移动多远，以自身对角线计。调大可接受翻滚的烟，调小可排除尾灯和车身反光。',
  ],
  'fire_smoke.stillConfirmS': [
    '静止确认时间',
    '既不闪动也不扩大的目标，高分持续多少秒后仍予采信。调大可更久排除海报，调小可更早发现远处的火。',
  ],
  'fire_smoke.stillMinScore': ['静止最低得分', '静止目标经 stillConfirmS 后采信所需的平均得分；1 为从不。'],
  'fire_smoke.minAreaNorm': ['最小面积', '占画面的最小比例。调大可忽略打火机和远处的灯，调小可更早发现。'],
  'fire_smoke.minZoneShare': [
    '入区比例',
    '框至少这一比例在区域内；底部在区域内的总是计入。调大可忽略只探入的目标。',
  ],
  'fire_smoke.masks': ['屏蔽区', '永不报警的多边形：烟囱、焊接点、屏幕。底部或一半以上在其中的检出被忽略。'],
  'fire_smoke.clearAfterS': [
    '结束判定时间',
    '多少秒看不到后算结束。调大可把短暂被挡的火算作一起，调小消除更快。',
  ],
  'fire_smoke.largeAreaNorm': ['大面积阈值', '占画面多大比例时为一级。调小会有更多特急事件。'],
  'fire_smoke.growthFactor': [
    '增长倍数',
    '面积增长到多少倍时更新事件；在快速增长时间内达到其两倍时为一级。调小更新更频繁。',
  ],
  'fire_smoke.fastGrowthS': [
    '快速增长时间',
    '在多少秒内增长到增长倍数的两倍算快速蔓延，定为一级。调大时较慢的火也算，调小则只有迅速蔓延的算。',
  ],
  'fire_smoke.maxIncidents': ['同时上限', '区域内同时进行的最多起数，其余等待。'],
  'rule.approval': ['先审后发', '开启后，经人工确认属实之前，该规则的事件不会发布任何内容。'],
  'rule.schedule': ['时段', '按当地时间，任一时段内有效；不设则始终有效。'],
  'rule.exemptions': ['豁免', '规则不管的情形，如早间装卸。所给条件须同时满足，至少给出一项。'],
  'rule.area': ['范围', '画面的一部分，以目标触地处判定；不设则为整个区域。'],
  'rule.labels': ['类别', '类别名称；不设则为所有类别。'],
  'camera.cameraId': ['ID', '字母、数字、“-”和“_”，最多 64 个。用于主题和文件名，以后不能更改。'],
  'camera.note': ['变更说明', '为什么变更；写入版本和审计日志。'],
  'camera.source': [
    '视频源',
    'rtsp://、rtsps://、http(s)://（HLS）地址，或配置文件所在文件夹内的视频文件。密码显示为 ***，保持不变即沿用；更改地址时须重新填写。',
  ],
  'camera.name': ['名称', '摄像机的名称。'],
  'camera.transport': ['传输方式', 'RTSP 传输：tcp 在差网络中不丢包，udp 延迟更小。'],
  'camera.pacing': ['文件播放速度', '仅用于视频文件：realtime 按原速，asap 尽快解码。'],
  'camera.decode': ['解码方式', 'fps 全部解码并每秒分析若干帧；keyframes 只解关键帧，开销约十分之一。'],
  'camera.fps': ['分析帧率', '每秒分析几帧。调大更能跟上快速目标但耗推理，调小更省；keyframes 时不起作用。'],
  'camera.idleFps': [
    '静止时分析帧率',
    '画面没有变化时每秒分析几帧；一有变化立即恢复为分析帧率。调大会增加静止画面的推理开销，不小于分析帧率时每帧都分析；调小更省。只解关键帧时不用。',
  ],
  'camera.stallAfterS': ['停滞判定', '连接后多少秒无画面算停滞并重连；只解关键帧时须大于关键帧间隔。'],
  'camera.code': ['国标设备编码', 'GB/T 28181 设备编码，20 位数字。'],
  'camera.lon': ['经度', '经度，度。'],
  'camera.lat': ['纬度', '纬度，度。'],
  'camera.crs': ['坐标系', '经纬度所用的坐标系。'],
  'camera.placeCode': ['行政区划代码', '6 位数字；不填则用本区代码。'],
  'camera.place': ['地点', '地址或地点描述，显示在截图和事件中。'],
  'camera.cellId': ['单元网格', '地点所在的单元网格编码。'],
};

/** English help where the schema has none, or speaks of the configuration file. */
export const PARAM_EN: Readonly<Record<string, string>> = {
  'camera.cameraId':
    'Letters, digits, “-” and “_”, at most 64. It stands in subjects and file names and cannot be changed.',
  'camera.note': 'Why it is changed; it goes into the version and the audit log.',
  'camera.source':
    'rtsp://, rtsps://, http(s):// (HLS), or a video file in the folder of the configuration file. Passwords are shown as ***: leave the text as it is to keep them.',
  'rule.approval': 'Nothing of an incident of this rule is published before a person has confirmed it.',
};
